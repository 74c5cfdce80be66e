import leftPad from "left-pad";

console.log("one", leftPad("x", 3));
