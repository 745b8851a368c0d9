import {Component, onWillUnmount, useState} from "@odoo/owl";
import {browser} from "@web/core/browser/browser";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

const SHOWN_MS = 30000;

/**
 * A secret behind dots. The eye asks the server, which logs the reading; the answer is kept here only, never in
 * the record, and goes by itself.
 */
export class Secret extends Component {
    static template = "aftersales_service.Secret";
    static props = {...standardFieldProps};

    setup() {
        this.orm = useService("orm");
        this.state = useState({plain: null});
        onWillUnmount(() => this.hide());
    }

    get isStored() {
        return Boolean(this.props.record.resId);
    }

    async show() {
        this.state.plain = await this.orm.call(this.props.record.resModel, "reveal", [
            [this.props.record.resId],
        ]);
        this.timer = browser.setTimeout(() => this.hide(), SHOWN_MS);
    }

    hide() {
        browser.clearTimeout(this.timer);
        this.state.plain = null;
    }
}

registry.category("fields").add("aftersales_secret", {
    component: Secret,
    displayName: _t("Secret"),
    supportedTypes: ["char"],
});
