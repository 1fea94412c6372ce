/** The mark as the last line of a guest's description: an HTML comment that the web interface does not show. */
const line =
  /^<!-- pulumi-proxmox-cluster owner=([0-9a-f]{24})( unfinished)?(?: base=([0-9a-f-]{36}))?(?: retired=(\d{8}T\d{6}Z))?(?: uuid=([0-9a-f-]{36}))?(?: adopted=([0-9a-f]{8}))?(?: restart=([0-9A-F:]{26,27}|new))? -->$/;

/** What the mark tells beside the owner. */
interface MarkNotes {
  /** Made, and not yet recorded by the engine. */
  readonly unfinished?: boolean | undefined;
  /** The uuid of the template that this guest is a linked clone of: on LVM-thin nothing else tells. */
  readonly base?: string | undefined;
  /** When this version of a template was superseded: `20260102T030405Z`. */
  readonly retired?: string | undefined;
  /** The uuid of the guest that the mark was written on: in a clone that somebody makes by hand it tells nothing. */
  readonly uuid?: string | undefined;
  /** Drawn when a resource adopts the guest that it had owned before: what it was before must not delete it. */
  readonly adopted?: string | undefined;
  /**
   * An update shuts the guest down and starts it again. Which task had started or stopped it last before, as the middle
   * of its id, or `new`.
   */
  readonly restart?: string | undefined;
}

/**
 * The description with the mark as its last line: an HTML comment, invisible in the notes of the web interface. The
 * call that makes an object writes it as `unfinished`; that goes when the engine has recorded the object. So a creation
 * takes over what an interrupted run of itself has left, and never the object that it is to replace.
 */
export function withMark(description: string | undefined, mark: string, notes: boolean | MarkNotes = {}): string {
  const { unfinished, base, retired, uuid, adopted, restart } =
    typeof notes === "boolean" ? { unfinished: notes } : notes;
  const fields = [
    `owner=${mark}`,
    ...(unfinished ? ["unfinished"] : []),
    ...(base === undefined ? [] : [`base=${base}`]),
    ...(retired === undefined ? [] : [`retired=${retired}`]),
    ...(uuid ? [`uuid=${uuid}`] : []),
    ...(adopted === undefined ? [] : [`adopted=${adopted}`]),
    ...(restart === undefined ? [] : [`restart=${restart}`]),
  ];
  return `${description ? `${description}\n` : ""}<!-- pulumi-proxmox-cluster ${fields.join(" ")} -->`;
}

export interface MarkedDescription {
  /** The user's own text. */
  readonly description: string;
  readonly mark?: string;
  readonly unfinished: boolean;
  readonly base?: string;
  readonly retired?: string;
  readonly uuid?: string;
  readonly adopted?: string;
  readonly restart?: string;
}

/** Splits what Proxmox holds as description into the user's own text and the mark. */
export function readMark(stored: string | undefined): MarkedDescription {
  const lines = (stored ?? "").replace(/\n+$/, "").split("\n");
  const match = line.exec(lines.at(-1) ?? "");
  if (!match) return { description: lines.join("\n"), unfinished: false };
  return {
    description: lines.slice(0, -1).join("\n"),
    mark: match[1] as string,
    unfinished: match[2] !== undefined,
    ...(match[3] === undefined ? {} : { base: match[3] }),
    ...(match[4] === undefined ? {} : { retired: match[4] }),
    ...(match[5] === undefined ? {} : { uuid: match[5] }),
    ...(match[6] === undefined ? {} : { adopted: match[6] }),
    ...(match[7] === undefined ? {} : { restart: match[7] }),
  };
}

/** The stored description with the mark in another state; the text and what the mark tells of the guest stay. */
export function remarked(stored: string | undefined, mark: string, notes: MarkNotes): string {
  const { description, base, uuid, adopted } = readMark(stored);
  return withMark(description, mark, { base, uuid, adopted, ...notes });
}
