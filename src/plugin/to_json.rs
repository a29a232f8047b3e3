//! A serializer into [`Json`]: the part of serde's model that the plugin's types use.
//!
//! `serde-wasm-bindgen` makes JavaScript values of that one type. With the code of every type for it, the bundle would be larger.

use std::fmt;

use super::json::Json;
use serde::ser::{self, Impossible, Serialize, SerializeSeq, SerializeStruct, Serializer};

/// Makes plain data. A missing value is null.
#[derive(Debug, Clone, Copy)]
pub struct ToJson;

/// The error for a value that the plugin's types do not contain.
#[derive(Debug)]
pub struct NotPlain;

impl fmt::Display for NotPlain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not plain data")
    }
}

impl std::error::Error for NotPlain {}

impl ser::Error for NotPlain {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

type Made = Result<Json, NotPlain>;
type Never = Impossible<Json, NotPlain>;

/// An object under construction.
#[derive(Debug)]
pub struct Map(Vec<(String, Json)>);

impl SerializeStruct for Map {
    type Ok = Json;
    type Error = NotPlain;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), NotPlain> {
        self.0.push((key.into(), value.serialize(ToJson)?));
        Ok(())
    }

    fn end(self) -> Made {
        Ok(Json::Map(self.0))
    }
}

/// An array under construction.
#[derive(Debug)]
pub struct List(Vec<Json>);

impl SerializeSeq for List {
    type Ok = Json;
    type Error = NotPlain;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NotPlain> {
        self.0.push(value.serialize(ToJson)?);
        Ok(())
    }

    fn end(self) -> Made {
        Ok(Json::List(self.0))
    }
}

/// Declares the kinds of values that the plugin's types do not contain.
macro_rules! unused {
    ($($name:ident($($Type:ty),*) -> $Result:ty;)*) => {
        $(fn $name(self, $(_: $Type),*) -> Result<$Result, NotPlain> {
            Err(NotPlain)
        })*
    };
}

impl Serializer for ToJson {
    type Ok = Json;
    type Error = NotPlain;
    type SerializeSeq = List;
    type SerializeTuple = Never;
    type SerializeTupleStruct = Never;
    type SerializeTupleVariant = Never;
    type SerializeMap = Never;
    type SerializeStruct = Map;
    type SerializeStructVariant = Never;

    fn serialize_bool(self, value: bool) -> Made {
        Ok(Json::Bool(value))
    }

    fn serialize_i32(self, value: i32) -> Made {
        Ok(Json::Number(value.into()))
    }

    fn serialize_u16(self, value: u16) -> Made {
        Ok(Json::Number(value.into()))
    }

    fn serialize_u32(self, value: u32) -> Made {
        Ok(Json::Number(value.into()))
    }

    /// Takes counts, which are a `usize` in Rust.
    #[expect(clippy::cast_precision_loss, reason = "memory has fewer items")]
    fn serialize_u64(self, value: u64) -> Made {
        Ok(Json::Number(value as f64))
    }

    fn serialize_f64(self, value: f64) -> Made {
        Ok(Json::Number(value))
    }

    fn serialize_str(self, value: &str) -> Made {
        Ok(Json::Text(value.into()))
    }

    fn serialize_none(self) -> Made {
        Ok(Json::Null)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Made {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Made {
        Ok(Json::Null)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Made {
        Ok(Json::Text(variant.into()))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Made {
        value.serialize(self)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<List, NotPlain> {
        Ok(List(Vec::new()))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Map, NotPlain> {
        Ok(Map(Vec::new()))
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Made {
        Err(NotPlain)
    }

    unused! {
        serialize_i8(i8) -> Json;
        serialize_i16(i16) -> Json;
        serialize_i64(i64) -> Json;
        serialize_u8(u8) -> Json;
        serialize_f32(f32) -> Json;
        serialize_char(char) -> Json;
        serialize_bytes(&[u8]) -> Json;
        serialize_unit_struct(&'static str) -> Json;
        serialize_tuple(usize) -> Never;
        serialize_tuple_struct(&'static str, usize) -> Never;
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> Never;
        serialize_map(Option<usize>) -> Never;
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> Never;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

    use serde_json::json;

    use super::*;
    use crate::plugin::effect::{NotificationId, ShimEffect, ShimOutcome};

    #[test]
    fn the_data_is_what_serde_makes_of_it() {
        let outcome = ShimOutcome::done(vec![ShimEffect::notify(
            NotificationId::ParkInteractionParked,
        )]);
        let expected = serde_json::to_value(&outcome).unwrap();
        let made = outcome.serialize(ToJson).unwrap();
        assert_eq!(serde_json::to_value(made).unwrap(), expected);
        let plain = json!([1, 2.5, "b", true, null]);
        assert_eq!(plain.serialize(ToJson).unwrap(), Json::from(&plain));
    }

    #[test]
    fn what_no_type_of_the_plugin_has_is_an_error() {
        assert!('c'.serialize(ToJson).is_err());
        assert!(json!({ "a": 1 }).serialize(ToJson).is_err(), "a map");
    }
}
