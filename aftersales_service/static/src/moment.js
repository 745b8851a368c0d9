const {DateTime} = luxon;

const ANOTHER_DAY = {
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hour12: false,
};

/** A moment in few letters: the time alone while it is today, else with its day. */
export function shortMoment(moment, now) {
    return moment.toLocaleString(
        moment.hasSame(now, "day") ? DateTime.TIME_24_SIMPLE : ANOTHER_DAY
    );
}
