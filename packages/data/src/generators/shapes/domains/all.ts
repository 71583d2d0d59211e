import type { Domain } from "./domain.ts";
import { flat } from "./flat.ts";
import { night } from "./night.ts";
import { photo } from "./photo.ts";
import { sketch } from "./sketch.ts";
import { textured } from "./textured.ts";

export const domainNames = ["flat", "sketch", "textured", "night", "photo"] as const;

export type DomainName = (typeof domainNames)[number];

export const domains: Readonly<Record<DomainName, Domain>> = { flat, sketch, textured, night, photo };
