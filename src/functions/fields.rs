//! The fields of a request, read by the request's own type. Fields that the type does not name are not looked at.
//!
//! The type's fields may be SIDs, `String`, `u32`, `bool` and an `Option` of these, or read with `deserialize_with` from one of these.
//! A field of any other type is refused whatever the request holds.

use std::fmt::{self, Display};
use std::slice;

use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Expected, IntoDeserializer, MapAccess,
    Unexpected, Visitor,
};
use serde::forward_to_deserialize_any;
use serde_json::value::RawValue;

use crate::attributes::Attributes;
use crate::twilio::body::Text;

/// A field that is missing or malformed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BadField {
    /// The field's name.
    pub field: String,
    /// The problem, such as `expected true or false`. It quotes nothing of the field's content.
    pub problem: String,
}

/// The fields of a request: with the types that JSON has, or all as texts, as in a form.
#[derive(Debug, Clone, Copy)]
pub struct Fields<'a>(pub &'a Attributes);

impl<'a> Fields<'a> {
    /// Reads a struct, each field of it from the request's field of the same name.
    pub fn read<T: DeserializeOwned>(self) -> Result<T, BadField> {
        T::deserialize(self)
    }

    /// Returns a text, if there is one that is not empty.
    #[must_use]
    pub fn text(self, name: &str) -> Option<String> {
        self.field(name).text().filter(|text| !text.is_empty())
    }

    /// Returns the fields of a field that is an object, or the JSON text of one.
    pub fn object(self, name: &str) -> Result<Attributes, BadField> {
        let json = self.field(name).unquoted();
        let object = json.and_then(|json| Attributes::parse(&json).ok());
        object.ok_or_else(|| BadField {
            field: name.into(),
            ..expected("an object")
        })
    }

    /// Returns true if the request has a field of this name, with something in it.
    #[must_use]
    pub fn has(self, name: &str) -> bool {
        self.field(name).0.is_some()
    }

    /// Returns true if the request has an empty text of this name, which counts as missing elsewhere.
    #[must_use]
    pub fn has_empty(self, name: &str) -> bool {
        self.0.raw(name).map(RawValue::get) == Some(r#""""#)
    }

    fn field(self, name: &str) -> Field<'a> {
        let value = self.0.raw(name).map(RawValue::get);
        Field(value.filter(|json| !matches!(*json, "null" | r#""""#)))
    }
}

impl<'de> Deserializer<'de> for Fields<'de> {
    type Error = BadField;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, BadField> {
        visitor.visit_map(Asked {
            fields: self,
            names: fields.iter(),
            name: "",
        })
    }

    fn deserialize_any<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, BadField> {
        Err(expected("a struct to read fields into"))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit unit_struct newtype_struct seq
        tuple tuple_struct map enum identifier ignored_any
    }
}

/// The fields that a struct asks for, one after the other. An error gets the name of its field here.
///
/// `serde_path_to_error` would do so too, but it names the first error of all, also one that an optional field has passed over.
struct Asked<'a> {
    fields: Fields<'a>,
    names: slice::Iter<'static, &'static str>,
    name: &'static str,
}

impl<'de> MapAccess<'de> for Asked<'de> {
    type Error = BadField;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, BadField> {
        let Some(name) = self.names.next() else {
            return Ok(None);
        };
        self.name = name;
        seed.deserialize(name.into_deserializer()).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, BadField> {
        let value = seed.deserialize(self.fields.field(self.name));
        value.map_err(|bad| BadField {
            field: self.name.into(),
            ..bad
        })
    }
}

/// The JSON of a field. A form cannot leave a field out, so that null and an empty text count as missing: `None`.
#[derive(Debug, Clone, Copy)]
struct Field<'a>(Option<&'a str>);

impl Field<'_> {
    /// The field's text, if it is one.
    fn text(self) -> Option<String> {
        let text = serde_json::from_str::<Text>(self.0?);
        text.ok().map(|text| text.0)
    }

    /// The JSON of a value that a form sends as a text.
    fn unquoted(self) -> Option<String> {
        self.text().or_else(|| self.0.map(str::to_owned))
    }
}

impl<'de> Deserializer<'de> for Field<'_> {
    type Error = BadField;

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, BadField> {
        match self.0 {
            None => visitor.visit_none(),
            Some(_) => visitor.visit_some(self),
        }
    }

    /// A missing switch is off.
    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, BadField> {
        match self.unquoted().as_deref() {
            None | Some("false") => visitor.visit_bool(false),
            Some("true") => visitor.visit_bool(true),
            Some(_) => Err(expected("true or false")),
        }
    }

    /// A missing number is zero. Where that is something else than none, the request has an `Option`.
    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, BadField> {
        match self.unquoted().map(|number| number.parse()) {
            None => visitor.visit_u32(0),
            Some(Ok(number)) => visitor.visit_u32(number),
            Some(Err(_)) => Err(expected("a whole number from zero")),
        }
    }

    /// Reads a missing text, and a value of another type, as an empty text. No SID is empty.
    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, BadField> {
        visitor.visit_string(self.text().unwrap_or_default())
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, BadField> {
        self.deserialize_string(visitor)
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i64 u8 u16 u64 f32 f64 char str bytes byte_buf unit unit_struct newtype_struct seq tuple tuple_struct map
        struct enum identifier ignored_any
    }
}

impl Display for BadField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: {}", self.field, self.problem)
    }
}

impl std::error::Error for BadField {}

impl serde::de::Error for BadField {
    fn custom<T: Display>(problem: T) -> Self {
        Self {
            problem: problem.to_string(),
            ..Self::default()
        }
    }

    fn invalid_type(_found: Unexpected<'_>, what: &dyn Expected) -> Self {
        expected(what)
    }

    fn invalid_value(_found: Unexpected<'_>, what: &dyn Expected) -> Self {
        expected(what)
    }
}

/// The error of a field whose name is not known yet.
fn expected(what: impl Display) -> BadField {
    serde::de::Error::custom(format_args!("expected {what}"))
}
