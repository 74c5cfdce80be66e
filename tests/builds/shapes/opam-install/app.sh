echo one; cat "$(opam var share)/first/data"
