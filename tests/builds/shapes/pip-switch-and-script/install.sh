#!/bin/sh
set -e
pip install idna==3.7
