import { isProxmoxError } from "../../pve";

/** A look that fails tells nothing: then it is the first failure that is reported. */
export async function lookAgain<T>(look: () => Promise<T>, failure: unknown): Promise<T> {
  try {
    return await look();
  } catch (error) {
    if (isProxmoxError(error, "aborted", "timeout")) throw error;
    throw failure;
  }
}
