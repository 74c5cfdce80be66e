console.log("one", require("left-pad")("x", 3))
