"""`python -m tests.calibration.signals` is `make calibrate-signals`."""

from tests.calibration.signals.run import main

if __name__ == "__main__":
    main()
