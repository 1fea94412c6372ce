/**
 * What a change of a field does. To any kind of object:
 * - `live`: takes effect at once;
 * - `replace`: the object is made anew and the old one removed;
 * - `none`: only read when the object is created; nothing happens to an existing one.
 *
 * What else a change may do, an area says; see `OwnEffect`.
 */
export type Effect = string;
export type NeutralEffect = "live" | "replace" | "none";
