import type { TemplateParameter } from '../src/operate/deploy/describe-template.js';

type Parameters = Readonly<Record<string, TemplateParameter>>;

/** Writes the variables of the Terraform module, one for each parameter of the template. */
export function terraformVariables(parameters: Parameters): string;
/** Writes the map that hands the variables to the template. */
export function terraformParameters(parameters: Parameters): string;
/** `ReportKeyArn` as Terraform writes names: `report_key_arn`. */
export function variableName(parameter: string): string;
