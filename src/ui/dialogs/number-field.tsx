import { useId } from 'react';

interface NumberFieldProps {
  readonly label: string;
  readonly value: string;
  readonly min: number;
  readonly max: number;
  readonly step?: number | 'any';
  /** What an empty field means; without it the field may not be left empty. */
  readonly placeholder?: string;
  readonly onChange: (value: string) => void;
}

/** A number with its name; both are cells of a grid of class `fields`. */
export function NumberField({ label, value, min, max, step = 'any', placeholder, onChange }: NumberFieldProps) {
  const id = useId();
  return (
    <>
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        className="field-input"
        type="number"
        inputMode="decimal"
        required={placeholder === undefined}
        placeholder={placeholder}
        min={min}
        max={max}
        step={step}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
    </>
  );
}
