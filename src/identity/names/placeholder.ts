/**
 * True for text that stands where a name should be: a word for nobody, what a scrubber left, a template that nobody filled
 * (`$__user`, `{user_name}`, `{{ user }}`, `%(user)s`, `%7Buser%7D`), or what a program prints for an object (`<ApiUser 5>`,
 * `[object Object]`, `AnonymousUserMixin`). Whoever reads it knows no more than before.
 */
export function isPlaceholder(text: string): boolean {
  const plain = text.trim();
  return (
    [NOBODY, MASKED, TEMPLATE, REPRESENTATION].some((form) => form.test(plain)) ||
    (plain.includes('%') && TEMPLATE.test(plain.replace(/%7b/gi, '{').replace(/%7d/gi, '}').replace(/%24/g, '$')))
  );
}

const NOBODY =
  /^(?:|[-_.?0]+|\(?(?:none|null|nil|nan|undefined|unset|unknown|void|empty|blank|n[\\/.]?a\.?|not[-_ ]?(?:set|available|applicable|found)|no[-_ ]?(?:user|name|body|one)|(?:un)?(?:known|authenticated|named|identified)[-_ ]?(?:user|name)|unauthenticated|anonymous(?: user)?|anon|nobody|some(?:body|one)|anybody|true|false|todo|tbd|change[-_ ]?me|placeholder|example|sample|dummy|user[-_ ]?name[-_ ]?here|(?:your|my|the|full|first|last|user|login)[-_ ]?(?:user[-_ ]?)?name|your[-_ ].*)\)?)$/i;

/** Whoever shared a log took the name out. */
const MASKED =
  /^[[(<{]*(?:hidden(?:_(?:due_to|for)_security_reasons)?|[x*•.#-]{3,}|redacted|masked|obfuscated|anonymi[sz]ed|removed|sensitive|omitted|\*+omitted\*+)[\])>}]*$/i;

const TEMPLATE =
  /\$\{|\{\{|\}\}|\{%|%\(\w*\)[sdr]|^\$[\w.:]+$|^\{[^{}]*\}$|^%[\w.]+%$|^%[sdr]$|^#\{.*\}$|^__.+__$|^@@?\{.*\}$|^:[a-z_]+$|^<%.*%>$|^@[A-Z_]{3,}@$/;

const REPRESENTATION =
  /^<.*>$|^\[.*\]$|^[A-Za-z_.]*(?:object|instance|function) at 0x|^(?:[A-Za-z_.]*\.)?(?:Anonymous|Api|Null|Dummy|Lazy|Base|Simple(?:Lazy)?)(?:User|Object)(?:Mixin|Object|Proxy)?(?:\(.*\))?$/;
