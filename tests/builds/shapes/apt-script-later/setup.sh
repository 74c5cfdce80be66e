#!/bin/sh
set -e
# one
apt-get install -y --no-install-recommends tree
