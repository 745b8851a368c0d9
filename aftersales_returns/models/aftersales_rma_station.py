"""The inspection station: one method for every scan and every key, answered with the whole screen.

Each scan carries a key of the client's making. The log of a return keeps what was answered to it, so that
a batch that is sent again after a broken line changes nothing; it also keeps who scanned what and when, and
what an undo takes back. What a scan means is judged in policy/scan.py.
"""

from collections import defaultdict
from contextlib import nullcontext
from functools import partial

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..policy import disposition, scan

#: answers of the station that no policy gives
OPENED, REPEATED, DONE_STEP, REFUSED = "opened", "repeated", "step", "refused"
#: commands that move goods or change lines
BOOKING = ("receive", "split", "done")
#: a receipt that is not complete is said once before it is booked
INCOMPLETE = "incomplete"


class AftersalesRma(models.Model):
    _inherit = "aftersales.rma"

    station_log = fields.Json(
        "Scans",
        copy=False,
        readonly=True,
        prefetch=False,
        groups="aftersales_service.group_inspector",
        help="Scans of the inspection station: who, when, what it was, what it changed.",
    )

    @api.model
    def _owned_fields(self):
        return super()._owned_fields() | {"station_log"}

    # === THE ONE DOOR === #

    @api.model
    def scan(self, rma_id, barcode, client_key, line_id=False):
        """Take a scan, or a key as the command it stands for.

        :param rma_id: the return in hand, ``False`` when there is none
        :param client_key: made by the client once a scan; the same key again changes nothing
        :param line_id: the line in hand, which commands are about
        :return: {"message": {"code", "text"}, "rma": the screen or ``False``}
        """
        # Every right of the station hangs on this one: who may write findings may scan.
        self.env["aftersales.inspection"].check_access("write")
        if not rma_id:
            return self._station_find(barcode)
        rma = self.browse(rma_id)._station_enter()
        before = scan.answered(rma._station_entries(), client_key)
        if before:
            return rma._station_screen(REPEATED, before["text"], before.get("line"))
        line = rma.line_ids.filtered(lambda line: line.id == line_id)
        over = scan.phase_of(rma.state) == scan.OVER
        entry = None if over else rma._station_try(barcode, line, client_key)
        if entry is None:
            return self._station_find(barcode)
        return rma._station_screen(entry["code"], entry["text"], entry.get("line"))

    def _station_enter(self):
        """The return, once it was made sure that the user may see it."""
        # sudo: whoever sees the return sees its goods; findings are written with the user's own rights
        rma = self.sudo()
        columns = [name for name, field in rma._fields.items() if field.store and field.prefetch is True]
        rma.fetch([*columns, "station_log"])  # one query for what a scan shows and for what a step needs
        self.check_access("read")
        return rma

    def _station_try(self, barcode, line, client_key):
        """What the scan comes to, kept with its answer: a step, a refusal, or ``None`` where it leads to
        another return.

        What the return itself refuses is said and kept like every other answer.
        """
        note = partial(self._station_note, scan.phase_of(self.state), barcode, client_key)
        command = scan.read(barcode)
        if not command:
            entry = self._station_goods(barcode, line)
            return entry and note(entry)
        try:
            # grades and checks refuse before they write; what books goods is rolled back
            with self.env.cr.savepoint() if command.action in BOOKING else nullcontext():
                return note(getattr(self, f"_station_{command.action}")(command, line))
        except UserError as error:
            return note(self._answer(REFUSED, str(error), self._station_ungraded(command) or line))

    def _station_ungraded(self, command):
        """The line whose grade completing waits for: it is taken in hand."""
        if command.action != "done":
            return self.env["aftersales.rma.line"]
        return self.inspection_ids.filtered(lambda found: found._is_open()).line_id[:1]

    # === WHICH RETURN === #

    @api.model
    def _station_find(self, barcode):
        """The return a slip or a parcel belongs to; a piece of goods leads to it as well."""
        found = self._station_by_paper(barcode) or self._station_by_serial(barcode)
        live = found.filtered(lambda rma: scan.phase_of(rma.state) != scan.OVER)
        if len(live) == 1:
            live = live._station_enter()
            return live._station_screen(OPENED, live._station_greeting())
        return {"rma": False, "message": self._station_not_found(barcode, found, live)}

    def _station_by_paper(self, barcode):
        code = scan.clean(barcode)
        names = {code, code.lower(), barcode.strip()} if code else set()
        return self.sudo(False).search(
            [
                ("company_id", "in", self.env.companies.ids),
                "|",
                "|",
                ("name", "in", list(names)),
                ("tracking_ref", "in", list(names)),
                # the slip of the return that these goods came too late for
                "&",
                ("supplement_of_id.name", "in", list(names)),
                ("state", "=", "received"),
            ],
            limit=5,
        )

    def _station_by_serial(self, barcode):
        """A parcel without its slip: the serial number tells the return."""
        lots = self.env["stock.lot"].search([("name", "in", [scan.clean(barcode), barcode.strip()])])
        domain = [("line_ids.lot_id", "in", lots.ids), ("state", "in", list(scan.PHASES))]
        return self.search(domain, limit=5) if lots else self

    def _station_greeting(self):
        if scan.phase_of(self.state) == scan.RECEIVING:
            return self.env._("%s is on its way here: scan each piece, then receive.", self.name)
        return self.env._("%s has been received: scan a piece and grade it.", self.name)

    def _station_not_found(self, barcode, found, live):
        barcode = (barcode or "").strip()
        if len(live) > 1:
            names = ", ".join(live.mapped("name"))
            text = self.env._("%(code)s is on %(returns)s. Scan the slip.", code=barcode, returns=names)
        elif found:
            text = self.env._(
                "%(rma)s is in the state '%(state)s': there is nothing to receive or to inspect.",
                rma=found[0].name,
                state=found[0]._state_label(),
            )
        elif scan.read(barcode):
            text = self.env._("No return is open here. Scan its slip first.")
        else:
            text = self.env._("No return with the number %s. Scan the slip or the parcel's label.", barcode)
        return {"code": scan.UNKNOWN, "text": text}

    # === GOODS === #

    def _station_goods(self, barcode, in_hand):
        """A piece of the return, or why it is none; ``None`` leads to the return the barcode names."""
        expected = self._station_expected(with_numbers=True)
        found = scan.match(barcode, expected, in_hand.id)
        if not found:
            return self._station_stranger(barcode, expected)
        line = self.line_ids.browse(found.line)
        if found.code != scan.COUNTED:
            return self._refusal(found.code, barcode, line, found.part)
        if found.part:
            return self._station_count_parts(line, [(found.part, 1, found.number)])
        return self._station_count(line, 1)

    def _station_expected(self, with_numbers=False):
        """What the station waits for, with what it has seen in this phase.

        :param with_numbers: of kits also which numbers their parts may have
        """
        phase, log = scan.phase_of(self.state), self._station_entries()
        seen, taken = scan.seen_of(log, phase), scan.numbers_of(log, phase)
        lines = self._station_lines()
        numbers = lines.filtered("is_kit")._station_numbers(phase) if with_numbers else {}
        rows = []
        for line in lines:
            if line.is_kit:
                rows += line._station_expected_parts(phase, seen, taken, numbers)
            else:
                rows.append(line._station_expected(phase, seen.get(line.id, 0)))
        return rows

    def _station_lines(self):
        """Lines that something can be scanned for."""
        return self.line_ids.filtered(lambda line: line._has_goods())

    def _station_stranger(self, barcode, expected):
        """Not a piece of this return: ``None`` where nothing was begun and the next one may be opened."""
        other = self._station_by_paper(barcode)
        if other == self:
            return self._answer(OPENED, self._station_greeting())
        begun = scan.last_step(self._station_entries(), scan.phase_of(self.state)) is not None
        if other and not begun:
            return None
        names = [scan.clean(barcode), barcode.strip()]
        numbers = self.env["stock.lot"].search([("name", "in", names)])
        articles = self.env["product.product"].search_count(
            ["|", ("barcode", "in", names), ("default_code", "in", names)], limit=1
        )
        answer = scan.stranger(expected, numbers.product_id.ids, bool(other), bool(articles))
        return self._refusal(answer, barcode)

    def _station_count(self, line, pieces, text=None):
        """Count pieces; at the inspection a number that was found answers its check."""
        entry = {"step": "count", "pieces": [[line.id, pieces]]}
        finding = line._station_finding()
        if finding and line.lot_id and not finding.serial_matches:
            entry.update(finding=finding.id, before={"serial_matches": False})
            finding.serial_matches = "yes"
        seen = scan.seen_of(self._station_entries(), scan.phase_of(self.state)).get(line.id, 0) + pieces
        text = text or self.env._(
            "%(goods)s: %(seen)s of %(quantity)s",
            goods=line.display_name,
            seen=f"{seen:g}",
            quantity=f"{line._station_quantity(scan.phase_of(self.state)):g}",
        )
        return self._answer(scan.COUNTED, text, line, **entry)

    # === COMMANDS === #

    def _station_all(self, _command, line):
        """Many pieces of one article need not be scanned one by one."""
        if line.is_kit:
            return self._station_all_parts(line)
        row = self._station_row_of(line)
        if row.by_number or row.is_full:
            raise UserError(self.env._("There is nothing to add to %s.", line.display_name))
        return self._station_count(line, row.quantity - row.seen)

    def _station_grade(self, command, line):
        finding = self._station_open_finding(line)
        before = {"grade": finding.grade}
        finding.grade = command.value
        text = self.env._(
            "%(goods)s: %(grade)s",
            goods=line.display_name,
            grade=dict(finding._fields["grade"]._description_selection(self.env))[command.value],
        )
        return self._answer(DONE_STEP, text, line, step="grade", finding=finding.id, before=before)

    def _station_check(self, command, line):
        finding = self._station_open_finding(line)
        field = finding._fields[command.field]
        before = {command.field: finding[command.field]}
        finding[command.field] = command.value
        text = self.env._(
            "%(check)s: %(answer)s",
            check=field._description_string(self.env),
            answer=dict(field._description_selection(self.env))[command.value],
        )
        return self._answer(DONE_STEP, text, line, step="check", finding=finding.id, before=before)

    def _station_split(self, _command, line):
        """The pieces scanned so far get a line of their own, to be graded apart from the rest."""
        self._station_open_finding(line)
        if line.is_kit:
            raise UserError(self.env._("%s is a bundle, and is judged as a whole.", line.display_name))
        row = self._station_row_of(line)
        if not 0 < row.seen < row.quantity:
            raise UserError(
                self.env._(
                    "%(goods)s cannot be split at %(seen)s of %(quantity)s: scan the pieces that are "
                    "different from the rest, then split.",
                    goods=line.display_name,
                    seen=f"{row.seen:g}",
                    quantity=f"{row.quantity:g}",
                )
            )
        part = line._station_split_off(row.seen)
        text = self.env._(
            "%(seen)s × %(goods)s: graded apart from the rest.", seen=f"{row.seen:g}", goods=line.display_name
        )
        pieces = [[line.id, -row.seen], [part.id, row.seen]]
        return self._answer(DONE_STEP, text, part, step="split", part=part.id, of=line.id, pieces=pieces)

    def _station_undo(self, _command, _line):
        log = self._station_entries()
        number = scan.last_step(log, scan.phase_of(self.state))
        if number is None:
            raise UserError(self.env._("%s: there is nothing to undo.", self.name))
        entry = log[number]
        if entry["step"] == "split":
            with self.env.cr.savepoint():
                self.line_ids.browse(entry["of"])._station_join(self.line_ids.browse(entry["part"]))
        elif entry.get("before"):
            finding = self.env["aftersales.inspection"].browse(entry["finding"])
            finding.sudo(False).write(entry["before"])
        log[number] = {**entry, "undone": True}
        self._write_policy({"station_log": log})
        line = self.line_ids.browse(entry.get("of") or entry.get("line") or [])
        return self._answer(DONE_STEP, self.env._("Undone: %s", entry["text"]), line)

    def _station_receive(self, _command, _line):
        """Book what was scanned, through the receipt in Inventory. Less than announced is said first."""
        if scan.phase_of(self.state) != scan.RECEIVING:
            raise UserError(self.env._("%s has been received already.", self.name))
        self._renew_receipts()
        expected, left_out = self._station_expected(), self.env["stock.picking"]
        missing = [row for row in expected if not row.is_full]
        if missing:
            refusal = self._station_partial(expected)
            if refusal:
                return refusal
        if missing or any(row.taken for row in expected):
            left_out = self._station_announce(expected)
        self.with_context(aftersales_left_out=left_out.ids).action_receive()
        self._station_restore_numbers()
        return self._answer(DONE_STEP, self._station_received_sentence())

    def _station_received_sentence(self):
        told = [self.env._("%s is received: scan a piece and grade it.", self.name)]
        for line in self.line_ids.filtered("missing_parts"):
            told.append(
                self.env._(
                    "%(kit)s is incomplete, without %(parts)s.",
                    kit=line.product_id.display_name,
                    parts=line.missing_parts,
                )
            )
        return " ".join(told)

    def _station_partial(self, expected):
        """The refusal of a first try; at the second, what was scanned is all that is booked."""
        seen, wanted = sum(row.seen for row in expected), sum(row.quantity for row in expected)
        last = self._station_entries()[-1:]
        if seen and last and last[0]["code"] == INCOMPLETE:
            return None
        if not seen:
            text = self.env._("Nothing of %s was scanned yet: scan each piece, then receive.", self.name)
            return self._answer(REFUSED, text)
        text = self.env._(
            "%(seen)s of %(wanted)s pieces were scanned. Scan the rest, or receive once more: what is "
            "missing stays expected.",
            seen=f"{seen:g}",
            wanted=f"{wanted:g}",
        )
        lacking = self._station_kits_lacking(expected)
        return self._answer(INCOMPLETE, " ".join([text, *lacking]))

    def _station_announce(self, expected):
        """Make the open receipts bring in just what was scanned.

        :return: receipts of which nothing came; they wait as they are
        """
        self._renew_receipts()
        quantities = {}
        for row in expected:
            quantities.update(self.line_ids.browse(row.line)._station_moves(row))
        receipts = self._open_receipts()
        came = self.env["stock.picking"].union(
            *(move.picking_id for move, part in quantities.items() if part)
        )
        for move, part in quantities.items():
            if move.picking_id not in came:
                continue
            if isinstance(part, dict):
                move._aftersales_take_lots(part)
            else:
                move.quantity = part
        return receipts - came

    def _station_restore_numbers(self):
        """What stays expected is expected by its serial number, as it was."""
        for move in self._open_receipts().move_ids:
            if move.aftersales_rma_line_id.lot_id and not move.lot_ids:
                move.lot_ids = move.aftersales_rma_line_id.lot_id

    def _station_done(self, _command, _line):
        self.action_complete_inspection()
        return self._answer(DONE_STEP, self.env._("%s is inspected.", self.name))

    def _station_aside(self, _command, _line):
        """Lay the return aside; its scans stay."""
        return self._answer("aside", self.env._("%s is laid aside. Scan a slip.", self.name))

    def _station_row_of(self, line):
        """The line in hand as it is waited for."""
        rows = [row for row in self._station_expected() if row.line == line.id]
        if not rows:
            raise UserError(self.env._("Scan a piece of %s first.", self.name))
        return rows[0]

    def _station_open_finding(self, line):
        """The finding of the line in hand, or what has to happen first."""
        self._station_row_of(line)
        finding = line._station_finding()
        if not finding:
            raise UserError(
                self.env._(
                    "%s cannot be graded now: goods are graded once they came in, until the inspection is "
                    "completed.",
                    line.display_name,
                )
            )
        return finding

    # === PHOTOS === #

    @api.model
    def station_photo(self, rma_id, line_id, name, datas, client_key):
        """Keep a photo with the finding of a line; the same key again keeps none."""
        self.env["aftersales.inspection"].check_access("write")
        rma = self.browse(rma_id)._station_enter()
        line = rma.line_ids.filtered(lambda line: line.id == line_id)
        before = scan.answered(rma._station_entries(), client_key)
        if not before:
            phase = scan.phase_of(rma.state)
            entry = rma._station_try_photo(line, name, datas)
            rma._station_note(phase, name, client_key, entry)
        answer = before or entry
        return rma._station_screen(REPEATED if before else entry["code"], answer["text"], line.id)

    def _station_try_photo(self, line, name, datas):
        try:
            with self.env.cr.savepoint():
                finding = self._station_open_finding(line)
                finding.env["ir.attachment"].create(
                    {"name": name, "datas": datas, "res_model": finding._name, "res_id": finding.id}
                )
        except UserError as error:
            return self._answer(REFUSED, str(error), line)
        text = self.env._("Photo of %s kept. Undo does not take it back.", line.display_name)
        return self._answer(DONE_STEP, text, line)

    # === LOG === #

    def _station_entries(self):
        return list(self.station_log or [])

    def _station_note(self, phase, barcode, key, entry):
        """Keep the scan with its answer; returns the answer."""
        now = fields.Datetime.to_string(fields.Datetime.now())
        row = {"phase": phase, **entry, "key": key, "scan": barcode, "at": now, "by": self.env.uid}
        self._write_policy({"station_log": [*self._station_entries(), row]})
        return entry

    def _answer(self, code, text, line=None, **step):
        return {"code": code, "text": text, "line": line.id if line else False, **step}

    def _refusal(self, code, barcode, line=None, part=None):
        return self._answer(code, self._station_sentence(code, (barcode or "").strip(), line, part), line)

    def _station_sentence(self, code, barcode, line, part=None):
        """What is wrong, and what to do now."""
        goods = line._station_name(part) if line else ""
        return {
            scan.DOUBLE: self.env._("%s was scanned before. Go on with the next piece.", barcode),
            scan.TOO_MANY: self.env._(
                "One too many: all of %s was scanned. Put this piece aside and tell customer service.", goods
            ),
            scan.NEEDS_SERIAL: self.env._("Scan the serial number of %s.", goods),
            scan.WRONG_SERIAL: self.env._(
                "%s is not the piece that was delivered. Put it aside and tell customer service.", barcode
            ),
            scan.NOT_EXPECTED: self.env._(
                "%(code)s does not belong to %(rma)s.", code=barcode, rma=self.name
            ),
            scan.FOREIGN_RETURN: self.env._(
                "%(code)s is another return. Finish %(rma)s first, or lay it aside.",
                code=barcode,
                rma=self.name,
            ),
            scan.UNKNOWN: self.env._("%s is not known here.", barcode),
        }[code]

    # === SCREEN === #

    def _station_screen(self, code, text, line_id=False):
        """Everything that a scan may have changed, and what was said."""
        if code == "aside":
            return {"rma": False, "message": {"code": OPENED, "text": text}}
        message = {"code": code, "text": text}
        if code in scan.REFUSALS:  # nothing has changed, and the next piece waits
            return {"message": message, "rma": {"id": self.id, "line": line_id or False}}
        phase = scan.phase_of(self.state)
        expected = self._station_expected()
        photos = self._station_photos()
        graded = any(found.grade for found in self.inspection_ids)
        rules = graded and self.env["aftersales.disposition.rule"]._policy_rows(self.company_id)
        return {
            "message": message,
            "rma": {
                **(self._station_header() if code == OPENED else {}),
                "id": self.id,
                "phase": phase,
                "state": self._state_label(),
                "line": line_id or False,
                "can_undo": scan.last_step(self._station_entries(), phase) is not None,
                "lines": [
                    line._station_row([row for row in expected if row.line == line.id], rules, photos)
                    for line in self._station_lines()
                ],
            },
        }

    def _station_header(self):
        """What does not change while the return is in hand; the client keeps it."""
        return {
            "name": self.name,
            "customer": self.partner_id.name,
            "reason": self.reason_id.name or "",
            "description": self.description or "",
            "tracking": self.tracking_ref or "",
        }

    def _station_photos(self):
        """{inspection id: [photo id]}."""
        photos = defaultdict(list)
        for photo in self.env["ir.attachment"].search(
            [("res_model", "=", "aftersales.inspection"), ("res_id", "in", self.inspection_ids.ids)],
            order="id",
        ):
            photos[photo.res_id].append(photo.id)
        return photos

    @api.model
    def station_terms(self):
        """Words of the station that the server owns: grades with definitions, checks, commands."""
        self.env["aftersales.inspection"].check_access("read")
        findings = self.env["aftersales.inspection"]._fields
        return {
            "grades": findings["grade"]._description_selection(self.env),
            "pictures": self.env["aftersales.grade.picture"]._by_grade(self.env.company),
            "checks": [
                {
                    "name": check,
                    "label": findings[check]._description_string(self.env),
                    "help": findings[check]._description_help(self.env) or "",
                }
                for check in disposition.CHECKS
            ],
            "commands": {
                code: {"action": command.action, "field": command.field, "value": command.value}
                for code, command in scan.COMMANDS.items()
            },
        }


class AftersalesRmaLine(models.Model):
    _inherit = "aftersales.rma.line"

    def _station_quantity(self, phase):
        """How many pieces the station waits for: what was announced, then what came in."""
        return self.quantity if phase == scan.RECEIVING else self.received_qty

    def _station_expected(self, phase, seen):
        product = self.product_id
        return scan.Expected(
            line=self.id,
            product=product.id,
            codes=tuple(filter(None, (product.barcode, product.default_code))),
            serial=self.lot_id.name or None,
            by_number=bool(self.lot_id),
            quantity=self._station_quantity(phase),
            seen=seen,
        )

    def _station_finding(self):
        """The finding of the line while it can be filled in."""
        if scan.phase_of(self.rma_id.state) != scan.INSPECTING:
            return self.env["aftersales.inspection"]
        found = self.rma_id.inspection_ids.filtered(lambda found: found.line_id == self)
        return found.sudo(False)  # written with the user's own rights

    def _station_row(self, rows, rules, photos):
        """One line as the station shows it, out of what is expected of it."""
        finding = self.rma_id.inspection_ids.filtered(lambda found: found.line_id == self)
        return {
            "id": self.id,
            "name": self.product_id.display_name,
            "product": self.product_id.id,
            "serial": self.lot_id.name or "",
            **self._station_figures(rows),
            "is_gift": self.is_gift,
            "inspection": finding.id,
            "grade": finding.grade or "",
            "ungraded": bool(finding) and finding._is_open(),
            "checks": {check: finding[check] or "" for check in disposition.CHECKS},
            "photos": photos.get(finding.id, []),
            "goes": finding._station_verdict(rules) if finding else False,
        }

    def _station_figures(self, rows):
        """How many pieces of the line are waited for, and how many were scanned."""
        return {"quantity": rows[0].quantity, "seen": rows[0].seen, "parts": []}

    def _station_open_moves(self, row):
        """Moves that are to bring in what ``row`` stands for."""
        return self.return_move_ids.filtered(
            lambda move: (
                move.state not in ("done", "cancel")
                and move.location_id.usage == "customer"
                and (not row.part or move.product_id.id == row.part)
            )
        )

    def _station_moves(self, row):
        """{open move: how much of it came, in its unit}: as many as were scanned."""
        seen, found = row.seen, {}
        for move in self._station_open_moves(row):
            part = min(seen, move._aftersales_qty())
            seen -= part
            found[move] = self.product_uom_id._compute_quantity(part, move.product_uom)
        return found

    # === SPLIT === #

    def _station_split_off(self, pieces):
        """Divide a received line: ``pieces`` get a line, a move and a finding of their own.

        The goods lie where they lay, as whose they were; only what they are counted under is divided.
        """
        source = self._station_splittable(pieces)
        part = self.copy(
            {
                "rma_id": self.rma_id.id,
                "quantity": pieces,
                "lot_id": self.lot_id.id,
                "is_unexpected": self.is_unexpected,
            }
        )
        moved = source.copy(
            {
                "product_uom_qty": pieces,
                "aftersales_rma_line_id": part.id,
                "origin_returned_move_id": source.origin_returned_move_id.id,
                "to_refund": source.to_refund,
                "picking_id": source.picking_id.id,
                "date": source.date,
                "state": "done",  # a line of a done move is booked, one of a draft would be reserved
            }
        )
        row = source.move_line_ids.filtered(lambda row: row.quantity >= pieces)[:1]
        row.quantity -= pieces
        row.copy({"move_id": moved.id, "quantity": pieces, "picking_id": source.picking_id.id})
        source.product_uom_qty -= pieces
        self.quantity -= pieces
        self.rma_id._prepare_inspections()
        return part

    def _station_splittable(self, pieces):
        """The receipt that can give the pieces, or a sentence."""
        moves = self._received_moves().filtered(
            lambda move: (
                move.product_uom == self.product_uom_id
                and move.move_line_ids.filtered(lambda row: row.quantity >= pieces)
            )
        )
        if not moves:
            raise UserError(
                self.env._(
                    "%s came in parts or in another unit and is not split here: grade it by its worst piece, "
                    "or ask customer service for a return of its own.",
                    self.display_name,
                )
            )
        return moves[:1]

    def _station_join(self, part):
        """Undo a split: the pieces go back under their line, and nothing of the other is left."""
        findings = self.rma_id.inspection_ids
        kept = findings.filtered(lambda found: found.line_id == self)
        gone = findings.filtered(lambda found: found.line_id == part)
        self.env["ir.attachment"].search(
            [("res_model", "=", gone._name), ("res_id", "in", gone.ids)]
        ).res_id = kept.id
        moved, source = part._received_moves(), self._received_moves()[:1]
        source.product_uom_qty += part.quantity
        moved.move_line_ids.move_id = source
        self.quantity += part.quantity
        moved.write({"state": "cancel"})
        moved.unlink()
        gone.unlink()
        part.unlink()


class AftersalesInspection(models.Model):
    _inherit = "aftersales.inspection"

    def _station_verdict(self, rules):
        """Where the goods will go with the findings as they stand: what completing will decide."""
        if not (self.grade or self.is_lost):
            return False
        answer = disposition.judge(self._facts(), rules)
        labels = dict(self._fields["disposition"]._description_selection(self.env))
        return {
            "outcome": answer.outcome,
            "label": labels[answer.outcome],
            "accepted": bool(answer.values.get("accepted")),
            "failed": answer.values.get("failed") or [],
        }
