"""``python -m nsm``."""

from nsm.cli import main

if __name__ == "__main__":
    main()
