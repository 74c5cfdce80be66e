require "first"
puts "one #{First::VERSION}"
