//! `TaskRouter`'s expression language, which filters in workflows, queues and lists of tasks.
//!
//! Source: <https://www.twilio.com/docs/taskrouter/expression-syntax>.

use serde_json::{Number, Value};

/// A parsed expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Expression {
    /// True if all of them are.
    And(Vec<Expression>),
    /// True if any of them is.
    Or(Vec<Expression>),
    Not(Box<Expression>),
    Compare(Operand, Operator, Operand),
    /// A value that is true or false by itself.
    Truth(Operand),
}

/// One side of a comparison.
#[derive(Debug, Clone, PartialEq)]
pub enum Operand {
    /// A path of attributes, such as `task.originalRouting.workerSid`.
    Path(Vec<String>),
    Literal(Value),
}

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `==` or `=`
    Equal,
    /// `!=` or `<>`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// The list on the left contains the value on the right.
    Has,
    /// The list on the right contains the value on the left.
    In,
    /// The text or list on the left contains the value on the right.
    Contains,
    /// The list on the left does not contain the value on the right.
    NotHas,
    /// The list on the right does not contain the value on the left.
    NotIn,
}

/// The attributes to which paths refer: `task.…`, `worker.…`, or neither.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    /// The object of paths without a prefix.
    pub own: &'a Value,
    /// The object of `task.…`.
    pub task: &'a Value,
    /// The object of `worker.…`.
    pub worker: &'a Value,
}

impl<'a> Scope<'a> {
    /// Creates a scope for the attributes of one object.
    #[must_use]
    pub fn new(own: &'a Value) -> Self {
        Self {
            own,
            task: &Value::Null,
            worker: &Value::Null,
        }
    }
}

/// Parses an expression. An empty one is always true.
pub fn parse(text: &str) -> Result<Expression, String> {
    let mut parser = Parser {
        tokens: tokens(text)?,
        at: 0,
    };
    if parser.tokens.is_empty() {
        return Ok(Expression::Truth(Operand::Literal(Value::Bool(true))));
    }
    let expression = parser.or()?;
    match parser.peek() {
        None => Ok(expression),
        Some(token) => Err(format!("unexpected {token:?}, expected AND, OR or the end")),
    }
}

/// Returns the value of a single path, such as a `known_worker_sid`.
#[must_use]
pub fn lookup(path: &str, scope: Scope<'_>) -> Value {
    let path: Vec<String> = path.split('.').map(str::to_owned).collect();
    Operand::Path(path).value(scope)
}

impl Expression {
    /// Returns true if the expression holds.
    #[must_use]
    pub fn holds(&self, scope: Scope<'_>) -> bool {
        match self {
            Self::And(parts) => parts.iter().all(|part| part.holds(scope)),
            Self::Or(parts) => parts.iter().any(|part| part.holds(scope)),
            Self::Not(part) => !part.holds(scope),
            Self::Compare(left, operator, right) => {
                compare(&left.value(scope), *operator, &right.value(scope))
            }
            Self::Truth(operand) => match operand.value(scope) {
                Value::Bool(truth) => truth,
                Value::Null => false,
                _ => true,
            },
        }
    }
}

impl Operand {
    fn value(&self, scope: Scope<'_>) -> Value {
        let path = match self {
            Self::Literal(value) => return value.clone(),
            Self::Path(path) => path,
        };
        let (root, rest) = match path.split_first() {
            Some((first, rest)) if first == "task" && !scope.task.is_null() => (scope.task, rest),
            Some((first, rest)) if first == "worker" && !scope.worker.is_null() => {
                (scope.worker, rest)
            }
            _ => (scope.own, path.as_slice()),
        };
        rest.iter()
            .try_fold(root, |value, name| value.get(name))
            .cloned()
            .unwrap_or(Value::Null)
    }
}

fn compare(left: &Value, operator: Operator, right: &Value) -> bool {
    match operator {
        Operator::Equal => equal(left, right),
        Operator::NotEqual => !equal(left, right),
        Operator::Less => order(left, right).is_some_and(std::cmp::Ordering::is_lt),
        Operator::LessOrEqual => order(left, right).is_some_and(std::cmp::Ordering::is_le),
        Operator::Greater => order(left, right).is_some_and(std::cmp::Ordering::is_gt),
        Operator::GreaterOrEqual => order(left, right).is_some_and(std::cmp::Ordering::is_ge),
        Operator::Has => holds_item(left, right),
        Operator::NotHas => !holds_item(left, right),
        Operator::In => holds_item(right, left),
        Operator::NotIn => !holds_item(right, left),
        Operator::Contains => match (left, right) {
            (Value::String(text), Value::String(part)) => text.contains(part.as_str()),
            _ => holds_item(left, right),
        },
    }
}

fn equal(left: &Value, right: &Value) -> bool {
    match (left.as_f64(), right.as_f64()) {
        (Some(left), Some(right)) => (left - right).abs() < f64::EPSILON,
        _ => left == right,
    }
}

fn order(left: &Value, right: &Value) -> Option<std::cmp::Ordering> {
    match (left, right) {
        (Value::String(left), Value::String(right)) => Some(left.cmp(right)),
        _ => left.as_f64()?.partial_cmp(&right.as_f64()?),
    }
}

fn holds_item(list: &Value, item: &Value) -> bool {
    list.as_array()
        .is_some_and(|list| list.iter().any(|entry| equal(entry, item)))
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Word(String),
    Text(String),
    Number(Number),
    Sign(&'static str),
}

/// Longer operators first, so that `<=` is not parsed as `<`.
const SIGNS: [&str; 13] = [
    "==", "!=", "<>", "<=", ">=", "=", "<", ">", "(", ")", "[", "]", ",",
];

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, length) = if first == '\'' || first == '"' {
            quoted(rest, first)?
        } else if let Some(sign) = SIGNS.into_iter().find(|sign| rest.starts_with(sign)) {
            (Token::Sign(sign), sign.len())
        } else {
            let length = rest
                .find(|c: char| !(c.is_alphanumeric() || "_.$-".contains(c)))
                .unwrap_or(rest.len());
            let (word, _) = rest.split_at(length);
            if word.is_empty() {
                return Err(format!("unexpected `{first}`"));
            }
            let number = word
                .parse::<i64>()
                .map(Number::from)
                .ok()
                .or_else(|| word.parse().ok().and_then(Number::from_f64));
            (
                number.map_or_else(|| Token::Word(word.to_owned()), Token::Number),
                length,
            )
        };
        tokens.push(token);
        rest = rest.split_at(length).1.trim_start();
    }
    Ok(tokens)
}

fn quoted(text: &str, quote: char) -> Result<(Token, usize), String> {
    let mut value = String::new();
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => {
                value.push(c);
                escaped = false;
            }
            '\\' => escaped = true,
            _ if c == quote => return Ok((Token::Text(value), at + c.len_utf8())),
            _ => value.push(c),
        }
    }
    Err(format!("no closing {quote}"))
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
}

impl Parser {
    fn or(&mut self) -> Result<Expression, String> {
        let mut parts = vec![self.and()?];
        while self.takes_word("OR") {
            parts.push(self.and()?);
        }
        Ok(one_or(parts, Expression::Or))
    }

    fn and(&mut self) -> Result<Expression, String> {
        let mut parts = vec![self.unary()?];
        while self.takes_word("AND") {
            parts.push(self.unary()?);
        }
        Ok(one_or(parts, Expression::And))
    }

    fn unary(&mut self) -> Result<Expression, String> {
        if self.takes_word("NOT") {
            return Ok(Expression::Not(Box::new(self.unary()?)));
        }
        if self.takes_sign("(") {
            let inner = self.or()?;
            return if self.takes_sign(")") {
                Ok(inner)
            } else {
                Err("no closing parenthesis".into())
            };
        }
        let left = self.operand()?;
        match self.operator()? {
            None => Ok(Expression::Truth(left)),
            Some(operator) => Ok(Expression::Compare(left, operator, self.operand()?)),
        }
    }

    fn operator(&mut self) -> Result<Option<Operator>, String> {
        let signs = [
            ("==", Operator::Equal),
            ("=", Operator::Equal),
            ("!=", Operator::NotEqual),
            ("<>", Operator::NotEqual),
            ("<=", Operator::LessOrEqual),
            (">=", Operator::GreaterOrEqual),
            ("<", Operator::Less),
            (">", Operator::Greater),
        ];
        if let Some((_, operator)) = signs.into_iter().find(|(sign, _)| self.takes_sign(sign)) {
            return Ok(Some(operator));
        }
        let words = [
            ("HAS", Operator::Has),
            ("IN", Operator::In),
            ("CONTAINS", Operator::Contains),
        ];
        if let Some((_, operator)) = words.into_iter().find(|(word, _)| self.takes_word(word)) {
            return Ok(Some(operator));
        }
        if self.takes_word("NOT") {
            return match () {
                () if self.takes_word("HAS") => Ok(Some(Operator::NotHas)),
                () if self.takes_word("IN") => Ok(Some(Operator::NotIn)),
                () => Err("expected HAS or IN after NOT".into()),
            };
        }
        Ok(None)
    }

    fn operand(&mut self) -> Result<Operand, String> {
        match self.take() {
            Some(Token::Text(text)) => Ok(Operand::Literal(Value::String(text))),
            Some(Token::Number(number)) => Ok(Operand::Literal(Value::Number(number))),
            Some(Token::Sign("[")) => self.list(),
            Some(Token::Word(word)) => Ok(match word.to_ascii_lowercase().as_str() {
                "true" => Operand::Literal(Value::Bool(true)),
                "false" => Operand::Literal(Value::Bool(false)),
                "null" => Operand::Literal(Value::Null),
                _ => Operand::Path(word.split('.').map(str::to_owned).collect()),
            }),
            other => Err(format!("expected a name or a value, found {other:?}")),
        }
    }

    fn list(&mut self) -> Result<Operand, String> {
        let mut items = Vec::new();
        while !self.takes_sign("]") {
            match self.operand()? {
                Operand::Literal(value) => items.push(value),
                Operand::Path(path) => {
                    return Err(format!(
                        "expected a value in a list, found {}",
                        path.join(".")
                    ))
                }
            }
            self.takes_sign(",");
        }
        Ok(Operand::Literal(Value::Array(items)))
    }

    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn take(&mut self) -> Option<Token> {
        let token = self.peek().cloned();
        self.at += 1;
        token
    }

    fn takes_word(&mut self, word: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Word(w)) if w.eq_ignore_ascii_case(word));
        self.at += usize::from(found);
        found
    }

    fn takes_sign(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Sign(s)) if *s == sign);
        self.at += usize::from(found);
        found
    }
}

fn one_or(mut parts: Vec<Expression>, many: fn(Vec<Expression>) -> Expression) -> Expression {
    match (parts.len(), parts.pop()) {
        (1, Some(only)) => only,
        (_, last) => {
            parts.extend(last);
            many(parts)
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on should fail")]

    use serde_json::json;

    use super::*;

    fn holds(text: &str, own: &Value) -> bool {
        parse(text).unwrap().holds(Scope::new(own))
    }

    #[test]
    fn both_equal_signs_and_both_quotes_compare_texts() {
        let task = json!({"conversationSid": "CH1", "nested": {"name": "x"}});
        assert!(holds("conversationSid == 'CH1'", &task));
        assert!(holds("conversationSid = \"CH1\"", &task));
        assert!(holds("conversationSid='CH1' AND nested.name == 'x'", &task));
        assert!(!holds("conversationSid == 'CH2'", &task));
        assert!(!holds("missing == 'CH1'", &task));
    }

    #[test]
    fn operator_precedence() {
        let task = json!({"a": 1, "b": 2});
        assert!(holds("a == 1 OR a == 2 AND b == 3", &task));
        assert!(!holds("(a == 1 OR a == 2) AND b == 3", &task));
        assert!(holds("NOT a == 2 AND b == 2", &task));
    }

    #[test]
    fn lists_are_searched_from_either_side() {
        let worker = json!({"routing": {"skills": ["billing", "sales"]}, "team": "blue"});
        assert!(holds("routing.skills HAS 'billing'", &worker));
        assert!(holds("routing.skills NOT HAS 'tech'", &worker));
        assert!(holds("team IN ['red', 'blue']", &worker));
        assert!(holds("team NOT IN ['red']", &worker));
        assert!(holds("team CONTAINS 'lu'", &worker));
    }

    #[test]
    fn numbers_are_compared_by_value() {
        let task = json!({"priority": 5});
        assert!(holds("1==1", &task));
        assert!(holds("priority >= 5 AND priority < 5.5", &task));
        assert!(!holds("priority > 5", &task));
    }

    #[test]
    fn empty_expressions_match_everything() {
        assert!(holds("", &json!({})));
    }

    #[test]
    fn prefixes_select_task_or_worker() {
        let task = json!({"language": "en"});
        let worker = json!({"languages": ["en", "de"]});
        let scope = Scope {
            own: &task,
            task: &task,
            worker: &worker,
        };
        assert!(parse("worker.languages HAS task.language")
            .unwrap()
            .holds(scope));
    }

    #[test]
    fn nonsense_is_refused() {
        for text in [
            "a ==", "== 1", "(a == 1", "a == 'x", "a NOT b", "a == 1 b", "#",
        ] {
            assert!(parse(text).is_err(), "`{text}` was taken");
        }
    }
}
