/** Fields that Transformers declares as float and checks: `30` is refused there, and JSON.stringify writes no `30.0`. */
const floats = [
  'attn_logit_softcapping',
  'final_logit_softcapping',
  'logits_soft_cap',
  'attention_multiplier',
];
const whole = new RegExp(`("(?:${floats.join('|')})": -?\\d+)(?=[,\\n])`, 'g');

/** A configuration as the text of a config.json. */
export function configText(config: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(config, null, 2).replace(whole, '$1.0');
}
