import { Eye, EyeOff } from 'lucide-react';
import { useId, useState, type ComponentProps, type ReactNode } from 'react';

interface FieldProps extends Omit<ComponentProps<'input'>, 'onChange' | 'children'> {
  label: string;
  /** Right of the label, e.g. a link to an explanation. */
  aside?: ReactNode;
  hint?: ReactNode;
  error?: string | null;
  /** Inside the field at its end. */
  note?: ReactNode;
  onValue(value: string): void;
}

/** A labelled text field. What is wrong stands below it and is announced with it. */
export function Field({ label, aside, hint, error, note, onValue, type = 'text', ...input }: FieldProps): ReactNode {
  const id = useId();
  const [shown, setShown] = useState(false);
  const secret = type === 'password';
  const described = error ? `${id}-error` : hint ? `${id}-hint` : undefined;
  return (
    <div className="field">
      <div className="label">
        <label htmlFor={id}>{label}</label>
        {aside}
      </div>
      <div className={secret || note ? 'input-wrap' : undefined}>
        <input
          {...input}
          id={id}
          type={secret && shown ? 'text' : type}
          className="input"
          aria-invalid={error ? true : undefined}
          aria-describedby={described}
          onChange={(event) => onValue(event.target.value)}
        />
        {note && <span className="input-note">{note}</span>}
        {secret && (
          <button type="button" className="icon-button" onClick={() => setShown(!shown)} aria-pressed={shown} aria-label={`Show ${label.toLowerCase()}`} title={`Show ${label.toLowerCase()}`}>
            {shown ? <EyeOff size={15} /> : <Eye size={15} />}
          </button>
        )}
      </div>
      {error ? (
        <span className="field-error" id={`${id}-error`}>
          {error}
        </span>
      ) : (
        hint && (
          <span className="hint" id={`${id}-hint`}>
            {hint}
          </span>
        )
      )}
    </div>
  );
}
