/** Why a text is not of a format, or undefined. */
export type Format = (text: string) => string | undefined;
