from . import test_portal
from . import test_refund
from . import test_refund_points
from . import test_rma
from . import test_rma_goods
from . import test_station
from . import test_station_tour
from . import test_tours
