type Props = Readonly<Record<string, unknown>>;

/** What becomes of the OSDs of a disk that gives way to another one; `sure`: the state says so. */
export interface Fate {
  readonly stay: boolean;
  readonly sure: boolean;
}

/**
 * The engine asks for no deletion where the state says `retainOnDelete`, whatever the program says by now, and asks for one where
 * only the program says it. So what the last `up` has recorded decides; a refresh forgets it, and states of before do not have it.
 * Where it is not known, a deletion that the engine asks for all the same is refused ({@link whyRetained}).
 */
export function fateOfOld(was: Props, wanted: Props): Fate | { readonly problem: string } {
  const [recorded, said] = [was["__retained"], wanted["__retained"]];
  if (recorded === true) return { stay: true, sure: true };
  if (said === true && recorded === undefined) return { stay: true, sure: false };
  if (said === true)
    return {
      problem:
        "retainOnDelete is not in the state yet, which the engine keeps to: the OSDs of the old disk would be removed. Run up with the " +
        "old disk once, which records it, and write the new one then; or leave retainOnDelete out, and they are drained and removed",
    };
  return { stay: false, sure: recorded === false };
}

/** What the program keeps is not removed, also where the engine, which keeps to the state, asks for it. */
export const whyRetained = (diskSerial: string): string =>
  `the OSDs on the disk with serial ${diskSerial} were not removed, and nothing was touched: the program says retainOnDelete, and the ` +
  "state does not say it yet. Run up with the old disk once, which records it, and write the new one then; or leave retainOnDelete " +
  "out, and they are drained and removed";
