require("is-odd");
console.log("one", require("left-pad")(1, 5));
