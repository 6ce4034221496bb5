"use client";

import { useTranslations } from "next-intl";
import { useLabel, useOption } from "./inputs";
import { type GroupNode, humanise, isObject, type Json, type Node, nodeAt, unitOf } from "./schema";
import { percentOf } from "./share";

interface Words {
  readonly label: string;
  readonly value: string;
}

/** The labels of a rule and of its value. */
export function useRuleWords(root: GroupNode): (path: string, value: Json | undefined) => Words {
  const t = useTranslations("rules");
  const label = useLabel();
  const option = useOption();
  return (path, value) => {
    const node = nodeAt(root, path);
    const above = nodeAt(root, path.slice(0, path.lastIndexOf(".")));
    const name = node ? label(node) : humanise(path.slice(path.lastIndexOf(".") + 1));
    // "Where it comes from" alone would not say of what.
    const within = above?.kind === "group" && above.path.includes(".") ? `${label(above)}: ${name}` : name;
    return { label: within, value: node ? shown(node, value) : textOf(value) };
  };

  function shown(node: Node, given: Json | undefined): string {
    const value = given === undefined ? node.fallback : given;
    if (value === undefined || value === null || value === "") return t("noLimit");
    switch (node.kind) {
      case "boolean":
        return t(value === true ? "conflict.on" : "conflict.off");
      case "number":
        return measured(node, String(value));
      case "enum":
        return option(node)(String(value));
      case "list":
        return listed(node.item, Array.isArray(value) ? value : []);
      case "group":
        return fields(node.fields, value);
      case "choice": {
        const chosen = isObject(value) ? String(value[node.by] ?? "") : "";
        const variant = node.variants.find((one) => one.value === chosen);
        return [option(node)(chosen), fields(variant?.fields ?? [], value)].filter(Boolean).join(" · ");
      }
      default:
        return textOf(value);
    }
  }

  function measured(node: Node, number: string): string {
    const unit = unitOf(node.name);
    if (unit === null) return number;
    return `${unit === "percent" ? percentOf(number) : number} ${t(`units.${unit}`)}`;
  }

  function listed(item: Node, values: readonly Json[]): string {
    return values.length === 0 ? t("noLimit") : values.map((one) => shown(item, one)).join(", ");
  }

  function fields(nodes: readonly Node[], value: Json): string {
    const own = isObject(value) ? value : {};
    return nodes
      .filter((node) => own[node.name] !== undefined && own[node.name] !== null)
      .map((node) => `${label(node)}: ${shown(node, own[node.name])}`)
      .join(" · ");
  }
}

const textOf = (value: Json | undefined): string => (typeof value === "string" ? value : JSON.stringify(value ?? null));
