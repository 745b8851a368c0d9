/** Steps that the tours of all three addons are made of. */

export const inState = (state) => ({
    content: `The document is ${state}`,
    trigger: `.o_statusbar_status:has(.o_arrow_button_current[data-value='${state}'])`,
});

/** A button of the header; of two with one name the one with this label. */
export const press = (name, label) => {
    const button = `.o_statusbar_buttons button[name='${name}']:not([disabled])`;
    return {
        content: `Press ${label || name}`,
        trigger: label ? `${button}:contains('${label}')` : button,
        run: "click",
    };
};

export const openTab = (name) => ({
    content: `Open the tab ${name}`,
    trigger: `.o_notebook .nav-link:contains('${name}')`,
    run: "click",
});

const PIXEL =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/** The smallest picture there is, as a file that a customer attaches. */
export const picture = (name) => {
    const bytes = Uint8Array.from(window.atob(PIXEL), (char) => char.charCodeAt(0));
    return new File([bytes], name, {type: "image/png"});
};
