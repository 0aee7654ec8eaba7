"""What a page costs a phone: bytes and requests, the first time and again."""

import pytest

from tests.browser.look import PHONE

KB = 1024
COLD, WARM, REQUESTS = 60 * KB, 10 * KB, 8
MODULES = 6  # of the script that sends files in pieces: fetched last, and the form goes without


class Line:
    """What comes over the line for one page, as the browser counts it: packed, heads included."""

    def __init__(self, someone):
        self.page, self.came = someone.page, {}
        self.cdp = someone.context.new_cdp_session(self.page)
        self.cdp.send("Network.enable")
        self.cdp.on("Network.loadingFinished", self._finished)

    def _finished(self, told):
        self.came[told["requestId"]] = told["encodedDataLength"]

    def visit(self, address, *, cold):
        """(bytes, requests)"""
        self.cdp.send("Network.setCacheDisabled", {"cacheDisabled": cold})
        self.page.goto("about:blank")
        self.came.clear()
        self.page.goto(address, wait_until="networkidle")
        counted = [size for size in self.came.values() if size]
        return sum(counted), len(counted)


@pytest.mark.parametrize(
    "address",
    ["/", "/cases/", "/cases/{}/", "/records/{}/", "/records/{}/add/", "/sources/{}/", "/records/{}/pack/"],
)
def test_a_patients_page_is_light(visit, site, scenes, address):
    case = scenes.reading
    line = Line(visit("phone", case.patient, size=PHONE))
    address = site.url + address.format(case.reference)
    cold, requests = line.visit(address, cold=True)
    warm, _again = line.visit(address, cold=False)
    print(f"figure weight {address} cold {cold / KB:.1f} KB, warm {warm / KB:.1f} KB, {requests} requests")
    assert cold <= COLD and warm <= WARM
    assert requests <= REQUESTS + (MODULES if address.endswith("/add/") else 0)
