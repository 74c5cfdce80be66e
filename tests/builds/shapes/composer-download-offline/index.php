<?php require "vendor/autoload.php"; echo "one ", FIRST, "\n";
