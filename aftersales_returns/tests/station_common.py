from .common import AftersalesReturnsCommon


class AftersalesStationCommon(AftersalesReturnsCommon):
    """Scans as the client of the station sends them."""

    def setUp(self):
        super().setUp()
        self.keys = 0
        self.line = False

    def scan(self, rma, barcode, key=None, user=None):
        """One scan as the client sends it: the line of the last answer stays in hand."""
        self.keys += 1
        station = self.env["aftersales.rma"].with_user(user or self.inspector)
        answer = station.scan(rma and rma.id, barcode, key or f"k{self.keys}", self.line)
        self.line = answer["rma"] and answer["rma"]["line"]
        return answer

    def code(self, rma, *barcodes):
        """Result code of the last of some scans."""
        return [self.scan(rma, barcode)["message"]["code"] for barcode in barcodes][-1]

    def text(self, rma, *barcodes):
        """What the last of some scans was answered."""
        return [self.scan(rma, barcode)["message"]["text"] for barcode in barcodes][-1]
