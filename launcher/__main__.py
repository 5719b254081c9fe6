import sys

from launcher.command import main

sys.exit(main(sys.argv[1:]))
