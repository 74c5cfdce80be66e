#!/bin/sh
export GOPROXY=off CGO_ENABLED=0
go build -o /app .
