from odoo import SUPERUSER_ID
from odoo.tests import tagged

from .common import AftersalesServiceCommon

NAME = "aftersales_service.mail_template_ticket_progress"


@tagged("post_install", "-at_install")
class TestMailTemplateUpdates(AftersalesServiceCommon):
    """PROG-02: an installed database gets better words, but never over a person's own."""

    def setUp(self):
        super().setUp()
        self.template = self.env.ref(NAME)
        self.editor = self.env.ref("base.user_admin")

    def update(self, **values):
        """What an update of the addon does with a record of its data files."""
        self.env.flush_all()  # an update is a transaction of its own
        templates = self.env["mail.template"].with_user(SUPERUSER_ID)
        templates._load_records([{"xml_id": NAME, "values": values, "noupdate": False}], update=True)

    def test_what_nobody_has_touched_follows_the_product(self):
        self.update(subject="New words")
        self.assertEqual(self.template.subject, "New words")
        self.update(subject="Newer words")
        self.assertEqual(self.template.subject, "Newer words")

    def test_what_a_person_has_changed_stays(self):
        self.template.with_user(self.editor).subject = "Our own words"
        self.update(subject="New words")
        self.assertEqual(self.template.subject, "Our own words")

    def test_a_translation_by_hand_is_a_change_too(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        edited = self.template.with_user(self.editor)
        edited.update_field_translations("subject", {"zh_CN": "我们自己的话"})
        self.update(subject="New words")
        self.assertEqual(self.template.with_context(lang="zh_CN").subject, "我们自己的话")

    def test_databases_of_earlier_days_follow_where_no_person_has_written(self):
        mark = self.env["ir.model.data"].search(
            [("module", "=", NAME.split(".")[0]), ("name", "=", NAME.split(".")[1])]
        )
        for writer, kept in ((SUPERUSER_ID, False), (self.editor.id, True)):
            mark.noupdate = True
            self.env.cr.execute(
                "UPDATE mail_template SET write_uid = %s WHERE id = %s", [writer, self.template.id]
            )
            self.template.invalidate_recordset(["write_uid"])
            self.env["mail.template"]._follow_where_untouched()
            self.assertEqual(mark.noupdate, kept)

    def test_every_template_of_ours_follows_the_product_at_first(self):
        marks = self.env["ir.model.data"].search(
            [("model", "=", "mail.template"), ("module", "=like", "aftersales_%")]
        )
        self.assertFalse(marks.filtered("noupdate").mapped("complete_name"))
