"""`python -m tests.calibration` is `make calibrate`."""

from tests.calibration.run import main

if __name__ == "__main__":
    main()
