/** The type of a field in words; `link` spells a reference to another object. */
export function typeOf(field, link) {
  if (field.$ref !== undefined) return link(field.$ref);
  if (field.title !== undefined) return field.title;
  if (field.allOf !== undefined && field.type === undefined) return typeOf(field.allOf[0], link);
  if (field.const !== undefined) return `\`${field.const}\``;
  if (field.enum !== undefined) return field.enum.map((value) => `\`${value}\``).join(', ');
  if (field.anyOf !== undefined) return field.anyOf.map((each) => typeOf(each, link)).join(' or ');
  if (Array.isArray(field.type)) return field.type.map((type) => typeOf({ type }, link)).join(' or ');
  return ofType(field, link);
}

function ofType(field, link) {
  switch (field.type) {
    case 'array':
      return `list of ${typeOf(field.items, link)}`;
    case 'object':
      return field.properties === undefined
        ? `map of text to ${typeOf(field.additionalProperties, link)}`
        : fieldsOf(field, link);
    case 'integer':
      return `whole number${rangeOf(field)}`;
    case 'number':
      return `number${rangeOf(field)}`;
    case 'boolean':
      return 'true or false';
    default:
      return 'text';
  }
}

function fieldsOf({ properties }, link) {
  const fields = Object.entries(properties).map(([name, field]) => `\`${name}\` (${typeOf(field, link)})`);
  return `object with ${fields.join(' and ')}`;
}

function rangeOf({ minimum, maximum }) {
  return minimum === undefined || maximum === undefined ? '' : `, ${minimum} to ${maximum}`;
}
