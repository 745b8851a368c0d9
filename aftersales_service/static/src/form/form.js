import {evaluateBooleanExpr} from "@web/core/py_js/py";
import {registry} from "@web/core/registry";
import {pick} from "@web/core/utils/objects";
import {formView} from "@web/views/form/form_view";
import {processButton} from "@web/views/utils";

const RARE = "o_aftersales_rare";
const GROUP_NUMBER = 50; // Between Odoo's own entries (1) and those of bound actions (100)

/**
 * A form whose header shows what is likely next. Header buttons of the class `o_aftersales_rare` stand in the
 * cog menu instead, each as long as it may be pressed; in a dialog, which has no such menu, they stay where
 * they are.
 */
class AftersalesFormController extends formView.Controller {
    setup() {
        super.setup();
        this.rareButtons = [];
        if (!this.env.inDialog && this.props.info.actionMenus) {
            const nodes = this.archInfo.xmlDoc.querySelectorAll(`header > button.${RARE}`);
            this.rareButtons = [...nodes].map((node) => processButton(node));
            nodes.forEach((node) => node.remove());
            this.archInfo.arch = this.archInfo.xmlDoc.outerHTML;
        }
    }

    get actionMenuItems() {
        const items = super.actionMenuItems;
        return {...items, action: [...items.action, ...this.rareItems]};
    }

    get rareItems() {
        const record = this.model.root;
        return this.rareButtons
            .filter(
                ({invisible}) =>
                    !invisible || !evaluateBooleanExpr(invisible, record.evalContextWithVirtualIds)
            )
            .map((button, index) => ({
                key: `rare_${index}_${button.clickParams.name}`,
                description: button.string,
                icon: button.icon ? `fa ${button.icon}` : undefined,
                groupNumber: GROUP_NUMBER,
                callback: () => this.pressRare(button),
            }));
    }

    pressRare({clickParams}) {
        const record = this.model.root;
        return this.env.onClickViewButton({
            clickParams,
            getResParams: () =>
                pick(record, "context", "evalContext", "resModel", "resId", "resIds"),
        });
    }
}

registry.category("views").add("aftersales_form", {
    ...formView,
    Controller: AftersalesFormController,
});
