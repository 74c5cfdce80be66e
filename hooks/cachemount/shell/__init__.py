"""Shell scripts of RUN instructions."""
