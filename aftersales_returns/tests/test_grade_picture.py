import base64
import io

from PIL import Image

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import AftersalesReturnsCommon


@tagged("post_install", "-at_install")
class TestGradePicture(AftersalesReturnsCommon):
    """Pictures say what the definition of a grade means, where somebody has to grade."""

    def picture(self, grade="b", **vals):
        image = io.BytesIO()
        Image.new("RGB", (800, 600), "navy").save(image, "PNG")
        values = {
            "name": "Seal broken",
            "grade": grade,
            "image_1920": base64.b64encode(image.getvalue()),
            **vals,
        }
        return self.env["aftersales.grade.picture"].with_user(self.manager).create(values)

    def test_the_station_shows_them_beside_the_definition(self):
        """Grades with definitions and pictures: several a grade, in their order, of this company alone."""
        first, second = self.picture(), self.picture(name="Film cut", sequence=20)
        foreign = self.env["res.company"].create({"name": "Elsewhere"})
        self.picture().sudo().company_id = foreign
        self.picture(grade="d").active = False
        terms = self.env["aftersales.rma"].with_user(self.inspector).station_terms()
        self.assertEqual([value for value, _label in terms["grades"]], ["a", "b", "c", "d"])
        self.assertEqual(
            terms["pictures"],
            {"b": [{"id": first.id, "name": "Seal broken"}, {"id": second.id, "name": "Film cut"}]},
        )

    def test_the_inspection_shows_them_too(self):
        picture = self.picture()
        found = self.received(self.sell(self.cable)).with_user(self.inspector).inspection_ids
        self.assertEqual(found.grade_picture_ids, picture)
        self.assertTrue(found.grade_picture_ids.image_256)

    def test_they_are_the_managers_to_set(self):
        picture = self.picture()
        self.assertEqual(picture.with_user(self.inspector).name, "Seal broken")
        for user in (self.inspector, self.agent):
            with self.assertRaises(AccessError):
                picture.with_user(user).write({"name": "Mine"})
            with self.assertRaises(AccessError):
                picture.with_user(user).unlink()
