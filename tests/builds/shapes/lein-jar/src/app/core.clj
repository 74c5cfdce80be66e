(ns app.core)
(defn -main [] (println "one"))
