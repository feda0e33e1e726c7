"""python -m portal.sandbox"""

import sys

from portal.sandbox.runner import main

sys.exit(main())
