fn main() { println!("one {}", itoa::Buffer::new().format(1)); }
