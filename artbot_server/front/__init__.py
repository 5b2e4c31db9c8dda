"""The front of several web processes on one machine: takes connections and gives each to one of them."""
