name := "app"
version := "1"
crossPaths := false
autoScalaLibrary := false
libraryDependencies += "org.slf4j" % "slf4j-api" % "2.0.16"
