"""Programs that later steps run: those known not to read a manager's store, and those known to run others.

A store may be mounted only where all that runs without the mount is named here as harmless. The package lists are asked
the other way round: an installed program leaves them alone unless it is named here as one that runs others.
"""

from __future__ import annotations

from collections.abc import Sequence

from cachemount.late_pattern import late

SHELL_BUILTINS = frozenset({
    ".", ":", "[", "[[", "alias", "bg", "break", "builtin", "cd", "command", "continue", "declare", "dirs", "echo",
    "enable", "exec", "exit", "export", "false", "fg", "getopts", "hash", "help", "history", "jobs", "kill", "let",
    "local", "logout", "popd", "printf", "pushd", "pwd", "read", "readonly", "return", "set", "shift", "shopt",
    "source", "suspend", "test", "times", "trap", "true", "type", "typeset", "ulimit", "umask", "unalias", "unset",
    "wait",
})  # fmt: skip

COREUTILS = frozenset({
    "arch", "b2sum", "base32", "base64", "basename", "basenc", "cat", "chcon", "chgrp", "chmod", "chown", "cksum",
    "comm", "cp", "csplit", "cut", "date", "dd", "df", "dir", "dircolors", "dirname", "du", "env", "expand", "expr",
    "factor", "fmt", "fold", "groups", "head", "hostid", "id", "install", "join", "link", "ln", "logname", "ls",
    "md5sum", "mkdir", "mkfifo", "mknod", "mktemp", "mv", "nice", "nl", "nohup", "nproc", "numfmt", "od", "paste",
    "pathchk", "pinky", "pr", "printenv", "ptx", "readlink", "realpath", "rm", "rmdir", "runcon", "seq", "sha1sum",
    "sha224sum", "sha256sum", "sha384sum", "sha512sum", "shred", "shuf", "sleep", "sort", "split", "stat", "stdbuf",
    "stty", "sum", "sync", "tac", "tail", "tee", "timeout", "touch", "tr", "truncate", "tsort", "tty", "uname",
    "unexpand", "uniq", "unlink", "uptime", "users", "vdir", "wc", "who", "whoami", "yes",
})  # fmt: skip

# Accounts, archives, text, services and settings of a system; none of them builds anything.
SYSTEM_TOOLS = frozenset({
    "7z", "7za", "addgroup", "adduser", "alternatives", "ar", "aria2c", "awk", "bc", "blkid", "brew",
    "bunzip2", "busybox",
    "bzip2", "chage", "chattr", "chpasswd", "chroot", "chsh", "cmp", "column", "cpio", "crontab", "curl",
    "dbus-uuidgen", "delgroup", "deluser", "diff", "dos2unix", "egrep", "envsubst", "fgrep", "file",
    "find", "free", "gawk", "getcap", "getconf", "getent", "getfacl", "getopt", "gettext", "gpasswd", "gpg", "gpg2",
    "gpgconf", "grep", "groupadd", "groupdel", "groupmod", "gunzip", "gzip", "hexdump", "hostname", "hostnamectl",
    "iconv", "ifconfig", "ip", "jq", "ldconfig", "ldd", "less", "ln", "locale", "locale-gen", "localectl",
    "localedef", "logger", "lsb_release", "lscpu", "lsof", "mawk", "mount", "mountpoint", "msgfmt", "nc", "netstat",
    "nm", "nslookup", "objcopy", "objdump", "openssl", "passwd", "patch", "pgrep", "pidof", "ping", "pkill", "ps",
    "pwgen", "rename", "rev", "rsync", "scp", "sed", "service", "setcap", "setfacl", "sftp", "ssh", "ssh-add",
    "ssh-agent", "ssh-keygen", "ssh-keyscan", "strip", "su", "sudo", "supervisorctl", "sysctl", "systemctl", "tar",
    "tree", "tzselect", "umount", "unix2dos", "unrar", "unxz", "unzip", "update-alternatives",
    "update-ca-certificates", "update-ca-trust", "update-locale", "update-rc.d", "useradd", "userdel", "usermod",
    "uuidgen", "vim", "visudo", "wget", "whereis", "which", "xargs", "xxd", "xz", "xzcat", "yq", "zcat", "zip",
    "zstd",
})  # fmt: skip

# Of a distribution's packages: they work on what is installed.
PACKAGE_TOOLS = frozenset({
    "a2disconf", "a2dismod", "a2dissite", "a2enconf", "a2enmod", "a2ensite", "add-apt-repository",
    "apt-add-repository", "apt-config", "apt-extracttemplates", "apt-key", "apt-mark", "deb-systemd-helper",
    "debconf-set-selections", "debconf-show", "docker-php-ext-configure", "docker-php-ext-enable",
    "docker-php-ext-install", "docker-php-source", "dpkg", "dpkg-architecture", "dpkg-deb", "dpkg-divert",
    "dpkg-gencontrol", "dpkg-query", "dpkg-reconfigure", "dpkg-shlibdeps", "dpkg-split", "dpkg-statoverride",
    "install-php-extensions", "pear", "pecl", "phpdismod", "phpenmod", "phpize", "rpm", "rpmkeys", "ucf",
    "xbps-install", "xbps-reconfigure", "xbps-remove",
})  # fmt: skip

# What is met most often after a mounted step, counted in 8,017 public files.
FREQUENT = frozenset({
    "apache2ctl", "apachectl", "as", "astro", "aws", "buf", "c++", "cc", "chromium", "clang", "clang++", "convert",
    "createdb", "createuser", "cypress", "dconf", "docker", "dotnet-sonarscanner", "easy_install", "elm", "esbuild",
    "eslint", "fc-cache", "fc-list", "ffmpeg", "fnm", "g++", "gcc", "gcloud", "git", "gofmt", "google-chrome", "gs",
    "gsettings", "gsutil", "helm", "hg", "identify", "initdb", "jar", "java", "javac", "jupyter", "keytool",
    "kubectl", "ld", "mkfontdir", "mkfontscale", "mongo", "mongod", "mysql", "mysql_install_db", "mysqladmin",
    "mysqld", "mysqld_safe", "n", "next", "ng", "nginx", "node-gyp", "nuxt", "nvcc", "nvidia-smi", "nvm", "nvprune",
    "pg_createcluster", "pg_ctl", "pg_dropcluster", "php-config", "pkg-config", "playwright", "prettier", "prisma",
    "protoc", "psql", "purs", "rabbitmq-plugins", "redis-cli", "redis-server", "rollup", "rustup", "sqlc",
    "supervisord", "svn", "tailwindcss", "terraform", "tsc", "turbo", "upx", "virtualenv", "vite", "vncpasswd",
    "volta", "webpack", "wp",
})  # fmt: skip

# They work on files that they are told, on services, or fetch a program: corepack gets package managers, and what
# xx-verify asks is `file` (https://github.com/tonistiigi/xx).
FILE_TOOLS = frozenset({
    "addr2line", "bsdtar", "c++filt", "clinfo", "corepack", "crudini", "cuobjdump", "elfedit", "fix-permissions",
    "gprof", "jdeps", "jlink", "jmod", "libtree", "nvdisasm", "patchelf", "pkcs11-tool", "ranlib", "rc-service",
    "rc-update", "readelf", "sdkmanager", "size", "softhsm2-util", "sqlite3", "strings", "xdg-user-dirs-update",
    "xx-info", "xx-verify",
    # They take away what programs do not need of node_modules: https://github.com/duniul/clean-modules,
    # https://github.com/tj/node-prune, https://github.com/ModClean/modclean
    "clean-modules", "modclean", "node-prune",
    # They bring a database to what files of SQL say: https://github.com/rust-db/refinery, https://diesel.rs/guides/getting-started
    "dbmate", "diesel", "flyway", "goose", "liquibase", "refinery",
})  # fmt: skip

READS_NO_STORE = SHELL_BUILTINS | COREUTILS | SYSTEM_TOOLS | PACKAGE_TOOLS | FREQUENT | FILE_TOOLS

# Go's package managers before there were modules: they fill a vendor folder from a cache of their own.
# https://github.com/golang/dep/pull/1234, https://github.com/Masterminds/glide, https://github.com/kardianos/govendor
# https://github.com/tools/godep
VENDORING_VERBS: dict[str, frozenset[str]] = {
    "dep": frozenset({"ensure", "init", "status"}),
    "godep": frozenset({"get", "path", "restore", "save", "update"}),
    "glide": frozenset({"get", "install", "up", "update"}),
    "govendor": frozenset({"fetch", "sync"}),
}

# The scripts by which Tomcat, WildFly, Kafka and ZooKeeper are started: all that they run lies beside them.
# https://github.com/apache/tomcat/tree/main/bin, https://github.com/apache/kafka/tree/trunk/bin
SERVER_SCRIPTS = frozenset({
    "catalina.sh", "connect-distributed.sh", "connect-standalone.sh", "domain.sh", "kafka-server-start.sh",
    "standalone.sh", "zkServer.sh", "zookeeper-server-start.sh",
})  # fmt: skip

# They may install packages of the distribution, or read the lists that say which there are.
RUNS_PACKAGE_MANAGERS = frozenset({
    "amdgpu-install", "amdgpu-uninstall", "ansible", "ansible-playbook", "ansible-pull", "apt-build", "apt-cache",
    "apt-clone", "apt-fast", "apt-file", "apt-install", "apt-rdepends", "apt-show-versions", "aptdcon",
    "certbot-auto", "check-language-support", "chef-apply", "chef-client", "chef-solo", "cinc-client", "cloud-init",
    "deb-get", "do-release-upgrade", "dokku", "equivs-build", "gdebi", "gdebi-core", "install2.r", "installBioc.r",
    "installGithub.r", "letsencrypt-auto", "pacstall", "pbuilder", "pkcon", "puppet", "rosdep", "ruby-install", "rvm",
    "salt-call", "sbuild", "tasksel", "ubuntu-drivers", "unattended-upgrade", "unattended-upgrades", "wajig",
    "xx-cargo",
})  # fmt: skip

# They fetch the lists themselves before they install anything.
REFRESHES_ITSELF = frozenset({"install-php-extensions", "install_packages", "clean-install", "unminimize"})

# Run with swag 1.16: it writes the same without the packages, if it is not told to read those that others need.
_READS_BY_OPTION = {"swag": late(r"--?(?:parseDep\w*|pdl?)(?:=|\Z)")}

# Options by which they tell something of themselves, and do nothing else.
_TELLS_BY_OPTION = {"rustc": late(r"-v?V|--version")}

# They run a compiler, unless an option asks them about their own cache or server.
_COMPILER_CACHES = frozenset({"ccache", "sccache"})

# Commands of Symfony and Laravel themselves: they write caches, settings and files for the web from what the project
# has. https://symfony.com/doc/current/reference/commands.html, https://laravel.com/docs/12.x/deployment
_OF_FRAMEWORKS = late(
    r"\A(?:\S*/)?(?:bin/console (?:--?[\w=-]+ )*"
    r"(?:asset-map:compile|assets:install|cache:(?:clear|warmup|pool:\S+)|debug:\S+|importmap:install|lint:\S+"
    r"|secrets:\S+|ux:icons:(?:lock|warm-cache))"
    r"|artisan (?:--?[\w=-]+ )*"
    r"(?:(?:config|event|route|view):(?:cache|clear)|key:generate|optimize(?::clear)?|package:discover|storage:link"
    r"|vendor:publish))(?= |\Z)"
)


def is_of_framework(path: str, arguments: Sequence[str]) -> bool:
    """Return whether a script of PHP with these arguments is a command of a framework that reads no store."""
    return path.endswith(("bin/console", "artisan")) and _OF_FRAMEWORKS.match(" ".join((path, *arguments))) is not None


def reads_no_store(name: str, arguments: Sequence[str]) -> bool:
    """Return whether a program with these arguments is known to read nothing in a manager's store."""
    if name in _COMPILER_CACHES:
        return bool(arguments) and (arguments[0].startswith("-") or arguments[0] in FREQUENT)
    if (telling := _TELLS_BY_OPTION.get(name)) is not None:
        return bool(arguments) and all(map(telling.fullmatch, arguments))
    option = _READS_BY_OPTION.get(name)
    return name in READS_NO_STORE or (option is not None and not any(map(option.match, arguments)))
