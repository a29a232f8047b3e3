//! `TaskRouter`'s expressions, as far as a filter of a workflow needs them.
//!
//! The answer is open where an expression cannot be read: an owner is warned only of what is certain.
//!
//! Source: <https://www.twilio.com/docs/taskrouter/expression-syntax>

use serde_json::Value;

/// A piece of an expression.
#[derive(Debug, Clone, PartialEq)]
enum Token {
    /// A name, such as `task.language`, or a word, such as `AND`.
    Name(String),
    Value(Value),
    /// A comparison, a bracket or a comma.
    Sign(&'static str),
}

/// The longest signs first, so that `<=` is not read as `<`.
const SIGNS: [&str; 13] = [
    "==", "!=", "<>", "<=", ">=", "=", "<", ">", "(", ")", "[", "]", ",",
];

/// The deepest nesting that is read.
const DEEPEST: usize = 50;

/// Returns whether the expression holds for a task with these attributes. `None`: it cannot be read.
pub(super) fn holds(expression: &str, task: &Value) -> Option<bool> {
    let mut reader = Reader {
        tokens: tokens(expression)?,
        at: 0,
        depth: 0,
        task,
    };
    let holds = reader.any()?;
    (reader.at == reader.tokens.len()).then_some(holds)
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, length) = if first == '\'' || first == '"' {
            let inner = rest.get(1..)?;
            let end = inner.find(first)?;
            (Token::Value(inner.get(..end)?.into()), end + 2)
        } else if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            (Token::Sign(sign), sign.len())
        } else {
            let ends = |char: char| !(char.is_alphanumeric() || "._-".contains(char));
            let end = rest.find(ends).unwrap_or(rest.len());
            let word = rest.get(..end).filter(|word| !word.is_empty())?;
            (word_token(word), end)
        };
        found.push(token);
        rest = rest.get(length..)?.trim_start();
    }
    Some(found)
}

fn word_token(word: &str) -> Token {
    match word.to_lowercase().as_str() {
        "true" => Token::Value(true.into()),
        "false" => Token::Value(false.into()),
        "null" => Token::Value(Value::Null),
        _ => match word.parse::<f64>() {
            Ok(number) => Token::Value(number.into()),
            Err(_) => Token::Name(word.to_owned()),
        },
    }
}

struct Reader<'a> {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
    task: &'a Value,
}

impl Reader<'_> {
    /// Reads `a OR b OR …`.
    fn any(&mut self) -> Option<bool> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return None;
        }
        let mut holds = self.all()?;
        while self.takes_word("or") {
            holds |= self.all()?;
        }
        self.depth -= 1;
        Some(holds)
    }

    /// Reads `a AND b AND …`.
    fn all(&mut self) -> Option<bool> {
        let mut holds = self.one()?;
        while self.takes_word("and") {
            holds &= self.one()?;
        }
        Some(holds)
    }

    fn one(&mut self) -> Option<bool> {
        if self.takes_word("not") {
            return Some(!self.one()?);
        }
        if self.takes_sign("(") {
            let holds = self.any()?;
            return self.takes_sign(")").then_some(holds);
        }
        let left = self.operand()?;
        self.comparison(&left)
    }

    fn comparison(&mut self, left: &Value) -> Option<bool> {
        let not = self.takes_word("not");
        let has = |list: &Value, value: &Value| match list {
            Value::Array(items) => Some(items.contains(value)),
            Value::Null => Some(false),
            _ => None,
        };
        let word = ["has", "in", "contains"]
            .into_iter()
            .find(|word| self.takes_word(word));
        let holds = match word {
            Some("has") => has(left, &self.operand()?)?,
            Some("in") => has(&self.operand()?, left)?,
            Some(_) => match (left, self.operand()?) {
                (Value::String(text), Value::String(part)) => text.contains(&part),
                (list, value) => has(list, &value)?,
            },
            None if not => return None,
            None => return self.sign(left),
        };
        Some(holds != not)
    }

    fn sign(&mut self, left: &Value) -> Option<bool> {
        let signs = ["==", "=", "!=", "<>", "<=", ">=", "<", ">"];
        let sign = signs.into_iter().find(|sign| self.takes_sign(sign));
        let Some(sign) = sign else {
            // A value that is true or false by itself.
            return left.as_bool();
        };
        let right = self.operand()?;
        let numbers = left.as_f64().zip(right.as_f64());
        let is_same = match numbers {
            Some((left, right)) => left.total_cmp(&right).is_eq(),
            None => *left == right,
        };
        match sign {
            "==" | "=" => Some(is_same),
            "!=" | "<>" => Some(!is_same),
            "<" => numbers.map(|(left, right)| left < right),
            "<=" => numbers.map(|(left, right)| left <= right),
            ">" => numbers.map(|(left, right)| left > right),
            _ => numbers.map(|(left, right)| left >= right),
        }
    }

    fn operand(&mut self) -> Option<Value> {
        if self.takes_sign("[") {
            return self.list();
        }
        let token = self.tokens.get(self.at)?.clone();
        self.at += 1;
        match token {
            Token::Value(value) => Some(value),
            Token::Name(name) => {
                let path = name.strip_prefix("task.").unwrap_or(&name);
                let found = path
                    .split('.')
                    .try_fold(self.task, |value, key| value.get(key));
                Some(found.cloned().unwrap_or(Value::Null))
            }
            Token::Sign(_) => None,
        }
    }

    fn list(&mut self) -> Option<Value> {
        let mut items = Vec::new();
        while !self.takes_sign("]") {
            items.push(self.operand()?);
            if !self.takes_sign(",") && self.tokens.get(self.at) != Some(&Token::Sign("]")) {
                return None;
            }
        }
        Some(items.into())
    }

    fn takes_sign(&mut self, wanted: &str) -> bool {
        let is_it = matches!(self.tokens.get(self.at), Some(Token::Sign(sign)) if *sign == wanted);
        self.at += usize::from(is_it);
        is_it
    }

    fn takes_word(&mut self, wanted: &str) -> bool {
        let is_it = matches!(self.tokens.get(self.at), Some(Token::Name(name)) if name.eq_ignore_ascii_case(wanted));
        self.at += usize::from(is_it);
        is_it
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn expressions_hold_or_not() {
        let task = json!({
            "language": "es", "level": 3, "vip": true, "skills": ["a", "b"],
            "originalRouting": { "workerSid": "WK1" },
        });
        for (expression, expected) in [
            ("1==1", true),
            ("1 == 2", false),
            ("language == 'es'", true),
            ("task.language = \"es\"", true),
            ("language != 'es'", false),
            ("originalRouting.workerSid != null", true),
            ("originalRouting.queueSid == null", true),
            ("level >= 3 AND level < 4", true),
            ("level > 3 or level <= 2", false),
            ("skills HAS 'b'", true),
            ("skills NOT HAS 'b'", false),
            ("nothing HAS 'b'", false),
            ("language IN ['en', 'es']", true),
            ("language NOT IN ['en', 'es']", false),
            ("language CONTAINS 'e'", true),
            ("NOT (language == 'es' AND level == 1)", true),
            ("language == 'en' OR language == 'es' AND level == 1", false),
            ("vip", true),
            ("vip == true", true),
        ] {
            assert_eq!(holds(expression, &task), Some(expected), "{expression}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_open() {
        let deep = "(".repeat(100);
        for expression in [
            "",
            "language ==",
            "(1==1",
            "1==1)",
            "language LIKE 'e'",
            "language < 3",
            "'a",
            "[1",
            "level NOT 3",
            "language",
            "1 + 1 == 2",
            &deep,
        ] {
            assert_eq!(
                holds(expression, &json!({ "language": "es" })),
                None,
                "{expression}"
            );
        }
    }
}
