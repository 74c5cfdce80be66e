use First; print "one\n";
