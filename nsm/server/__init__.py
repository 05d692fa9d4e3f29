"""The parts of the server around the screens: headers and hosts, health, warm-up."""
