import type { Schema } from "../../contract/index.js";
import type { Format } from "./named.js";

/** The keys of property strings that the contract only names. */
export const propertyFormats: Readonly<Record<string, Readonly<Record<string, Schema>>>> = {};

/** Conditions between their keys. */
export const propertyValidators: Readonly<Record<string, Format>> = {};
